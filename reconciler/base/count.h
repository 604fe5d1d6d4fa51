/* How many elements an array has. Of a pointer, -Wsizeof-pointer-div complains. */
#ifndef RECONCILE_BASE_COUNT_H
#define RECONCILE_BASE_COUNT_H

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
