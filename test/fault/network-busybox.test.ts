import { testLine } from "../support/line-tests";

testLine("busybox");
