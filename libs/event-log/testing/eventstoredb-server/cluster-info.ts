import type { handleUnaryCall } from '@grpc/grpc-js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';

import { callerOf } from './access.js';
import { answer } from './calls.js';
import type { Member, NodeState, Role } from './node.js';
import { features, gossip, shared } from './protocol.js';

/** The server's version. */
export const VERSION = '23.10.8';
const STREAMS = 'event_store.client.streams.streams';
const METHODS = ['read', 'append', 'delete', 'tombstone', 'batchappend'];

/** What this server can do. */
export function featuresHandler(node: NodeState): handleUnaryCall<Empty, SupportedMethods> {
  return (call, callback) => {
    const work = async () => {
      callerOf(node, call);
      return supportedMethods();
    };
    answer(work(), callback);
  };
}

function supportedMethods(): SupportedMethods {
  const supported = new features.SupportedMethods();
  supported.setEventStoreServerVersion(VERSION);
  for (const name of METHODS) {
    const method = new features.SupportedMethod();
    method.setServiceName(STREAMS);
    method.setMethodName(name);
    supported.addMethods(method);
  }
  return supported;
}

/** Who is in the cluster, and who leads it, as this node knows. */
export function gossipHandler(node: NodeState): handleUnaryCall<Empty, ClusterInfo> {
  return (call, callback) => {
    const work = async () => {
      callerOf(node, call);
      const info = new gossip.ClusterInfo();
      for (const member of node.members()) info.addMembers(memberInfo(member));
      return info;
    };
    answer(work(), callback);
  };
}

function memberInfo(member: Member) {
  const info = new gossip.MemberInfo();
  info.setInstanceId(new shared.UUID().setString(member.id));
  info.setTimeStamp(String(Date.now()));
  info.setState(stateOf(member.role));
  info.setIsAlive(member.alive);
  const endPoint = new gossip.EndPoint();
  endPoint.setAddress(member.address);
  endPoint.setPort(member.port);
  info.setHttpEndPoint(endPoint);
  return info;
}

function stateOf(role: Role) {
  const { VNodeState } = gossip.MemberInfo;
  switch (role) {
    case 'leader':
      return VNodeState.LEADER;
    case 'follower':
      return VNodeState.FOLLOWER;
    case 'none':
      return VNodeState.UNKNOWN;
  }
}
