/**
 * The entry that the state of every stack names: `__provider` is `exports.handler=()=>require("pulumi-chroot/lifecycle").<name>`.
 * This path, these names and every shape of state that was ever written stay readable for ever. It only delegates.
 */
import { processVerbs } from "./dynamic/process-verbs";
import { jailKind } from "./resources/jail/kind";
import { jailFileKind } from "./resources/jail-file/kind";
import { permissionRuleKind } from "./resources/permission-rule/kind";
import { wrapperKind } from "./resources/wrapper/kind";

export const jail = processVerbs(jailKind);
export const jailFile = processVerbs(jailFileKind);
export const permissionRule = processVerbs(permissionRuleKind);
export const wrapper = processVerbs(wrapperKind);
/** A check of a JailFleet's wave, which is on no host. */
export const gate = processVerbs("gate");
