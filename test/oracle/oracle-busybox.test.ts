import { testOracle } from "../support/oracle-tests";

testOracle("busybox");
