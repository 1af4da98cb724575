// Nothing to call: the target exists for the symbols that it defines under the thread sanitizer.

#ifndef CTHREADSHIM_H
#define CTHREADSHIM_H
#endif
