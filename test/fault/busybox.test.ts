import { testFaults } from "../support/fault-tests";

testFaults("busybox", "cold root", 15);
