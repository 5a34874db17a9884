import { testFileFaults } from "../support/file-fault-tests";

testFileFaults("gnu", true, 28);
