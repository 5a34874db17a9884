import { testRemovalFaults } from "../support/removal-fault-tests";

testRemovalFaults("busybox", true, 7);
