import { testRace } from "./race-tests";

testRace("gnu", 1);
