import { contentLength, json, type Codec } from 'carpool/protocol';

/** JSON behind a `Content-Length` header, as language servers and debug adapters speak it. */
export const languageServerCodec: Codec = { name: 'content-length', framing: contentLength, format: json };
