#pragma once
// Nothing to call: the library takes the place of functions of the C library in programs it is preloaded into.
