import { testFaults } from "../support/fault-tests";

testFaults("gnu", "cold root", 6);
