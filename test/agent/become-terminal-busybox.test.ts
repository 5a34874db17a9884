import { testBecome } from "../support/become-tests";

testBecome("busybox", ["sudo with a terminal of its own", "sudo that logs all it carries"]);
