import { testFullDisk } from "../support/full-disk-tests";

testFullDisk("gnu");
