import { testFileFaults } from "../support/file-fault-tests";

testFileFaults("busybox", false, 25);
