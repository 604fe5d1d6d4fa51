/* Replays corpus files through a fuzz target without libFuzzer, so that every build can. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4 * 1024 * 1024 };

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file) {
		perror(path);
		return -1;
	}
	uint8_t *data = malloc(INPUT_MAX);
	size_t size = data ? fread(data, 1, INPUT_MAX, file) : 0;
	int failed = ferror(file);
	fclose(file);
	/* An exact copy, so that a read past the end is seen. */
	uint8_t *exact = malloc(size ? size : 1);
	if (!data || !exact || failed) {
		free(data);
		free(exact);
		return -1;
	}
	for (size_t i = 0; i < size; i++)
		exact[i] = data[i];
	free(data);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	int status = argc > 1 ? 0 : 1;

	for (int i = 1; i < argc; i++)
		if (replay(argv[i]) < 0)
			status = 1;
	printf("%d inputs\n", argc - 1);
	return status;
}
