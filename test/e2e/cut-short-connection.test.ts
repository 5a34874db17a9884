import { testFinished } from "../support/cut-short-tests";

testFinished("cut", 0.4);
