/** `carpool/testing`: for the tests of packages that build on Carpool, and of Carpool itself. */
export { census, type Census } from '../testing/census.ts';
export {
  sessionContract,
  type ContractChild,
  type ContractOptions,
  type ContractPool,
  type Matchers,
  type SessionContract,
} from '../testing/session-contract.ts';
export { describeProtocol, type DescribeProtocolOptions, type ProtocolSubject } from '../testing/describe-protocol.ts';
export {
  scriptedPeer,
  type PeerMessage,
  type PeerProcess,
  type PeerScript,
  type ScriptedPeer,
  type ScriptedPeerOptions,
} from '../testing/scripted-peer.ts';
export { replay, type ReplayChoice, type ReplayOptions } from '../testing/replay.ts';
