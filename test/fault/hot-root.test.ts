import { testFaults } from "../support/fault-tests";

testFaults("gnu", "hot root", 7);
