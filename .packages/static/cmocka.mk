# cmocka: for the unit tests of the static program's rooms; not in it.
cmocka_HAS := CLOCK_GETTIME INTTYPES_H MALLOC_H SETJMP_H SIGNAL_H SNPRINTF STDINT_H STRSIGNAL STRUCT_TIMESPEC UINTPTR_T UNISTD_H VSNPRINTF
$(eval $(call library,cmocka,src/cmocka.c,$(patsubst %,-DHAVE_%=1,$(cmocka_HAS)) -D_GNU_SOURCE -I$(SOURCES)/cmocka/include))
$(eval $(call headers,$(addprefix $(SOURCES)/cmocka/include/,cmocka.h cmocka_pbc.h)))
