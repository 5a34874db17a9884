import { testBecome } from "../support/become-tests";

testBecome("busybox", ["sudo", "doas"]);
