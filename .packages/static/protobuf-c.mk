# protobuf-c: what reads and writes messages; the generator is the build machine's own.
$(eval $(call library,protobuf-c,protobuf-c.c,))
$(eval $(call headers,$(SOURCES)/protobuf-c/protobuf-c.h,protobuf-c/))
