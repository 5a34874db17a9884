import { testRace } from "./race-tests";

testRace("busybox", 1);
