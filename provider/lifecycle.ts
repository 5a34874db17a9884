/**
 * The entry that the state of every stack names: `__provider` is `exports.handler=()=>require("pulumi-chroot/lifecycle").<name>`.
 * This path, these names and every shape of state that was ever written stay readable for ever. It only delegates.
 */
import { Handlers } from "./handlers/handlers";
import { jailKind } from "./resources/jail/kind";
import { jailFileKind } from "./resources/jail-file/kind";
import { permissionRuleKind } from "./resources/permission-rule/kind";
import { wrapperKind } from "./resources/wrapper/kind";

export const jail = new Handlers(jailKind);
export const jailFile = new Handlers(jailFileKind);
export const permissionRule = new Handlers(permissionRuleKind);
export const wrapper = new Handlers(wrapperKind);
