# zlib: objects of git. Without the part that reads and writes .gz files.
$(eval $(call library,zlib,$(filter-out gz%,$(call sources,zlib,*.c)),-DHAVE_UNISTD_H -DHAVE_STDARG_H))
$(eval $(call headers,$(addprefix $(SOURCES)/zlib/,zlib.h zconf.h)))
