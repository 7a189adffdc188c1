#include "tools/telephony-sim/server.h"
#include "tools/telephony-sim/simulator.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <iostream>
#include <thread>

namespace {

struct Address {
    std::string host;
    int port = 0;
};

std::optional<Address> parse_address(std::string const& text)
{
    auto const colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    Address address{text.substr(0, colon), 0};
    auto const digits = text.substr(colon + 1);
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (error != std::errc() || end != digits.data() + digits.size() || address.port < 0 || address.port > 65535) return std::nullopt;
    if (address.host.starts_with('[') && address.host.ends_with(']')) address.host = address.host.substr(1, address.host.size() - 2);
    return address;
}

int serve(simulator::Options const& options)
{
    auto const address = parse_address(options.listen);
    if (!address) {
        std::cerr << "telephony-sim: --listen must be HOST:PORT, not " << options.listen << std::endl;
        return 2;
    }
    // Before any thread starts, so that all of them leave these signals to the one that waits for them.
    sigset_t stop_signals;
    sigemptyset(&stop_signals);
    sigaddset(&stop_signals, SIGTERM);
    sigaddset(&stop_signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    simulator::Simulator simulator(options);
    simulator::Server server([&](simulator::Request const& request) { return simulator.handle(request); });
    auto const port = server.bind(address->host, address->port);
    if (port < 0) {
        std::cerr << "telephony-sim: cannot listen on " << options.listen << std::endl;
        return 1;
    }
    auto const host = address->host.find(':') == std::string::npos ? address->host : "[" + address->host + "]";
    std::cout << "telephony-sim listening on http://" << host << ":" << port << std::endl;

    std::thread waiter([&] {
        int signal = 0;
        sigwait(&stop_signals, &signal);
        simulator.close();
        server.stop();
    });
    server.run();
    pthread_kill(waiter.native_handle(), SIGTERM); // in case the server ended by itself
    waiter.join();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    simulator::Options options;
    uint64_t seed = 0;
    CLI::App app("Twilio and ElevenLabs on one port: their HTTP, a ledger of what was sold, and no cent spent");
    app.add_option("--listen", options.listen, "address and port; port 0 takes a free one")->capture_default_str();
    app.add_option("--state", options.state, "the file that keeps everything")->capture_default_str();
    auto const* const seed_option = app.add_option("--seed", seed, "which numbers are for sale");
    app.add_option("--latency", options.latency_ms, "milliseconds before every vendor answer")
        ->check(CLI::Range(0, 600'000))
        ->capture_default_str();
    app.add_option("--webhook-secret", options.webhook_secret, "the secret of webhooks created from now on, instead of random ones");
    CLI11_PARSE(app, argc, argv);
    if (seed_option->count() > 0) options.seed = seed;
    try {
        return serve(options);
    } catch (std::exception const& error) {
        std::cerr << "telephony-sim: " << error.what() << std::endl;
        return 1;
    }
}
