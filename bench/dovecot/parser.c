/*
 * Times libdovecot's imap-parser on files of commands. Usage: parser FILE...; each line on standard input is the index of a file and
 * milliseconds, and is answered with nanoseconds per pass over the file and the commands that a pass reads.
 *
 * A pass does what Dovecot's imap process does until it could call the command: the tag, the name, the tree of arguments.
 */
#include "lib.h"
#include "imap-parser.h"
#include "istream.h"

#include <stdio.h>
#include <time.h>

/* Dovecot's own default of imap_max_line_length. */
#define MAX_LINE (64 * 1024)
#define LEAST_PASSES 8
#define MOST_FILES 64
#define MOST_PASSES 200000

struct corpus {
	unsigned char *data;
	size_t size;
};

static struct corpus corpora[MOST_FILES];
static double passes[MOST_PASSES];

static void fail(const char *what)
{
	fprintf(stderr, "parser: %s\n", what);
	exit(1);
}

static struct corpus read_file(const char *path)
{
	struct corpus corpus = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		fail("a file cannot be read");
	corpus.size = (size_t)ftell(file);
	rewind(file);
	corpus.data = malloc(corpus.size);
	if (corpus.data == NULL || fread(corpus.data, 1, corpus.size, file) != corpus.size)
		fail("a file cannot be read");
	fclose(file);
	return corpus;
}

/* The parser stops before the line's end. */
static void skip_line(struct istream *input)
{
	size_t size, at = 0;
	const unsigned char *data = i_stream_get_data(input, &size);
	while (at < size && data[at] != '\n')
		at++;
	i_stream_skip(input, at < size ? at + 1 : at);
}

/* One command. FALSE at the end of the data, and where the parser cannot read on: the count of commands shows it. */
static bool parse_command(struct imap_parser *parser)
{
	const char *tag, *name;
	const struct imap_arg *args;
	return imap_parser_read_tag(parser, &tag) > 0 && imap_parser_read_command_name(parser, &name) > 0 &&
	       imap_parser_read_args(parser, 0, 0, &args) >= 0;
}

static unsigned int parse_all(const struct corpus *corpus)
{
	struct istream *input = i_stream_create_from_data(corpus->data, corpus->size);
	struct imap_parser *parser = imap_parser_create(input, NULL, MAX_LINE, NULL);
	unsigned int commands = 0;
	bool more = i_stream_read(input) != 0;
	while (more) {
		T_BEGIN {
			more = parse_command(parser);
		} T_END;
		if (more) {
			commands++;
			skip_line(input);
			imap_parser_reset(parser);
		}
	}
	imap_parser_unref(&parser);
	i_stream_unref(&input);
	return commands;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	const double one = *(const double *)a, other = *(const double *)b;
	return (one > other) - (one < other);
}

/* The median: what else runs on the machine interrupts some passes, not most. */
static void measure(const struct corpus *corpus, double milliseconds)
{
	const double start = now();
	unsigned int count = 0, commands = 0;
	double before = start;
	while (count < MOST_PASSES && (count < LEAST_PASSES || before - start < milliseconds * 1e6)) {
		commands = parse_all(corpus);
		const double after = now();
		passes[count++] = after - before;
		before = after;
	}
	qsort(passes, count, sizeof(passes[0]), by_value);
	printf("%.0f %u\n", passes[count / 2], commands);
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	unsigned int index;
	double milliseconds;
	if (argc < 2 || argc - 1 > MOST_FILES)
		fail("expected 1 to 64 files");
	lib_init();
	for (int at = 1; at < argc; at++)
		corpora[at - 1] = read_file(argv[at]);
	while (scanf("%u %lf", &index, &milliseconds) == 2) {
		if (index >= (unsigned int)argc - 1)
			fail("no such file");
		measure(&corpora[index], milliseconds);
	}
	lib_deinit();
	return 0;
}
