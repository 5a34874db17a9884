import { testFileFaults } from "../support/file-fault-tests";

testFileFaults("gnu", false, 26);
