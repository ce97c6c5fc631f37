// A peer of `npm run bench:engine`: one window of 30 s and its tokens through whisper.cpp, as often as stdin asks.
//   g++ -O2 whisper-cpp-window.cpp -I $W/include -I $W/ggml/include -L … -lwhisper -lggml …   (docs/engine.md)
//   whisper-cpp-window MODEL THREADS TOKENS
// Prints {"ready":true}; then for each line of stdin {"encodeMs":…,"tokenMs":…,"windowMs":…,"cpuMs":…,"residentBytes":…}.
#include "whisper.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

static double now_ms() {
    using namespace std::chrono;
    return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

static long resident_bytes() {
    long total = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

static whisper_token best(const float * logits, int count) {
    return (whisper_token) (std::max_element(logits, logits + count) - logits);
}

int main(int argc, char ** argv) {
    if (argc != 4) return std::fprintf(stderr, "usage: %s MODEL THREADS TOKENS\n", argv[0]), 2;
    const int threads = std::atoi(argv[2]);
    const int tokens = std::atoi(argv[3]);
    whisper_log_set([](ggml_log_level, const char *, void *) {}, nullptr);
    whisper_context_params params = whisper_context_default_params();
    params.use_gpu = false;
    whisper_context * ctx = whisper_init_from_file_with_params(argv[1], params);
    if (ctx == nullptr) return std::fprintf(stderr, "cannot load %s\n", argv[1]), 1;
    const int mels = whisper_model_n_mels(ctx);
    const int vocabulary = whisper_n_vocab(ctx);
    std::vector<float> mel(3000 * mels);
    for (size_t i = 0; i < mel.size(); ++i) mel[i] = (float) ((i * 7919) % 2000) / 1000.0f - 1.0f;
    whisper_set_mel(ctx, mel.data(), 3000, mels);
    std::puts("{\"ready\":true}");
    std::fflush(stdout);
    char line[64];
    while (std::fgets(line, sizeof line, stdin) != nullptr) {
        const std::clock_t cpu = std::clock();
        const double start = now_ms();
        if (whisper_encode(ctx, 0, threads) != 0) return 1;
        const double encoded = now_ms();
        std::vector<whisper_token> prompt = {
            whisper_token_sot(ctx), whisper_token_lang(ctx, 0), whisper_token_transcribe(ctx), whisper_token_not(ctx)};
        int past = 0;
        if (whisper_decode(ctx, prompt.data(), (int) prompt.size(), past, threads) != 0) return 1;
        past += (int) prompt.size();
        const double prompted = now_ms();
        for (int i = 1; i < tokens; ++i, ++past) {
            const float * logits = whisper_get_logits(ctx);
            const whisper_token next = best(logits, vocabulary);
            if (whisper_decode(ctx, &next, 1, past, threads) != 0) return 1;
        }
        const double end = now_ms();
        std::printf("{\"encodeMs\":%.3f,\"tokenMs\":%.3f,\"windowMs\":%.3f,\"cpuMs\":%.3f,\"residentBytes\":%ld}\n", encoded - start,
                    (end - prompted) / (tokens - 1), end - start,
                    1000.0 * (std::clock() - cpu) / CLOCKS_PER_SEC, resident_bytes());
        std::fflush(stdout);
    }
    whisper_free(ctx);
}
