// The part of Sass's embedded_sass.proto that the page needs. With `buf generate` you have the whole of it as a module.
import { create, createFileRegistry, type DescMessage } from '@bufbuild/protobuf';
import {
  DescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
  type DescriptorProto,
} from '@bufbuild/protobuf/wkt';

/** `name = number type`, of which all in `oneOf` share one place. `[Type]` is a list of them. */
type FieldSpec = readonly [name: string, number: number, type: string];

const scalars: Readonly<Record<string, Type>> = { uint32: Type.UINT32, string: Type.STRING, bool: Type.BOOL };

function message(name: string, fields: readonly FieldSpec[], oneOf: readonly string[] = []): DescriptorProto {
  return create(DescriptorProtoSchema, {
    name,
    oneofDecl: oneOf.length === 0 ? [] : [{ name: 'one' }],
    field: fields.map(([field, number, type]) => {
      const plain = type.replaceAll(/[[\]]/g, '');
      return {
        name: field,
        jsonName: field.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
        number,
        label: type.startsWith('[') ? Label.REPEATED : Label.OPTIONAL,
        ...(plain in scalars ? { type: scalars[plain]! } : { type: Type.MESSAGE, typeName: `.sass.${plain}` }),
        ...(oneOf.includes(field) ? { oneofIndex: 0 } : {}),
      };
    }),
  });
}

const messageType = [
  message('VersionRequest', [['id', 1, 'uint32']]),
  message('Importer', [['importer_id', 2, 'uint32']]),
  message('StringInput', [
    ['source', 1, 'string'],
    ['importer', 4, 'Importer'],
  ]),
  message('CompileRequest', [
    ['string', 2, 'StringInput'],
    ['importers', 6, '[Importer]'],
  ]),
  message(
    'CanonicalizeResponse',
    [
      ['id', 1, 'uint32'],
      ['url', 2, 'string'],
      ['error', 3, 'string'],
    ],
    ['url', 'error'],
  ),
  message('ImportSuccess', [['contents', 1, 'string']]),
  message(
    'ImportResponse',
    [
      ['id', 1, 'uint32'],
      ['success', 2, 'ImportSuccess'],
      ['error', 3, 'string'],
    ],
    ['success', 'error'],
  ),
  message(
    'Inbound',
    [
      ['compile_request', 2, 'CompileRequest'],
      ['canonicalize_response', 3, 'CanonicalizeResponse'],
      ['import_response', 4, 'ImportResponse'],
      ['version_request', 7, 'VersionRequest'],
    ],
    ['compile_request', 'canonicalize_response', 'import_response', 'version_request'],
  ),
  message('ProtocolError', [
    ['id', 2, 'uint32'],
    ['message', 3, 'string'],
  ]),
  message('CompileSuccess', [['css', 1, 'string']]),
  message('CompileFailure', [
    ['message', 1, 'string'],
    ['formatted', 4, 'string'],
  ]),
  message(
    'CompileResponse',
    [
      ['success', 2, 'CompileSuccess'],
      ['failure', 3, 'CompileFailure'],
      ['loaded_urls', 4, '[string]'],
    ],
    ['success', 'failure'],
  ),
  message('LogEvent', [
    ['message', 3, 'string'],
    ['formatted', 6, 'string'],
  ]),
  message('CanonicalizeRequest', [
    ['id', 1, 'uint32'],
    ['importer_id', 3, 'uint32'],
    ['url', 4, 'string'],
  ]),
  message('ImportRequest', [
    ['id', 1, 'uint32'],
    ['importer_id', 3, 'uint32'],
    ['url', 4, 'string'],
  ]),
  message('VersionResponse', [
    ['protocol_version', 1, 'string'],
    ['compiler_version', 2, 'string'],
    ['id', 5, 'uint32'],
  ]),
  message(
    'Outbound',
    [
      ['error', 1, 'ProtocolError'],
      ['compile_response', 2, 'CompileResponse'],
      ['log_event', 3, 'LogEvent'],
      ['canonicalize_request', 4, 'CanonicalizeRequest'],
      ['import_request', 5, 'ImportRequest'],
      ['version_response', 8, 'VersionResponse'],
    ],
    ['error', 'compile_response', 'log_event', 'canonicalize_request', 'import_request', 'version_response'],
  ),
];

const registry = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [{ name: 'embedded_sass.proto', package: 'sass', syntax: 'proto3', messageType }],
  }),
);

/** What the compiler reads. */
export const InboundMessageSchema: DescMessage = registry.getMessage('sass.Inbound')!;
/** What it writes. */
export const OutboundMessageSchema: DescMessage = registry.getMessage('sass.Outbound')!;
