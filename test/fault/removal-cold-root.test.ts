import { testRemovalFaults } from "../support/removal-fault-tests";

testRemovalFaults("gnu", false, 5);
