#include "edge-server/commands.h"
#include "edge-server/config.h"

#include <CLI/CLI.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

// The message as a JSON string's content.
class JsonMessage final : public spdlog::custom_flag_formatter {
public:
    void format(spdlog::details::log_msg const& message, std::tm const&, spdlog::memory_buf_t& target) override
    {
        constexpr char digits[] = "0123456789abcdef";
        for (char const c : message.payload) {
            if (c == '"' || c == '\\') {
                target.push_back('\\');
                target.push_back(c);
            } else if (static_cast<unsigned char>(c) < 0x20) {
                for (char const escaped : {'\\', 'u', '0', '0', digits[(c >> 4) & 15], digits[c & 15]})
                    target.push_back(escaped);
            } else
                target.push_back(c);
        }
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonMessage>(); }
};

void set_up_log(std::string const& level)
{
    if (::isatty(STDERR_FILENO)) {
        spdlog::set_default_logger(spdlog::stderr_color_mt("dealerline"));
        spdlog::set_pattern("%H:%M:%S.%e %^%l%$ %v");
    } else {
        spdlog::set_default_logger(spdlog::stderr_logger_mt("dealerline"));
        auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
        formatter->add_flag<JsonMessage>('*').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%*"})");
        spdlog::set_formatter(std::move(formatter));
    }
    spdlog::set_level(spdlog::level::from_str(level));
}

// A flag's mistake may come from the environment: name the variable too.
std::string named(CLI::App const& program, std::string const& message)
{
    for (auto const* option : program.get_options())
        if (!option->get_envname().empty() && message.find(option->get_name()) != std::string::npos)
            return option->get_envname() + ": " + message;
    return message;
}

// As many connections as the system allows: the usual soft limit is 1,024.
void raise_descriptor_limit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

int main(int argument_count, char** arguments)
{
    // Threads come and go with their requests: giving memory back to the system each time costs system calls.
    ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
    ::mallopt(M_TOP_PAD, 1 << 20);
    ::umask(077); // the database and its copies are their owner's
    raise_descriptor_limit();
    Config config;
    CLI::App program{"Dealerline's edge server: a phone line with a voice agent for every dealership."};
    add_options(program, config);
    program.require_subcommand(0, 1);
    program.fallthrough();
    program.set_version_flag("--version", "dealerline-edge 1.0.0");

    program.add_subcommand("serve", "Serve (the default)");
    bool fix = false;
    auto* doctor = program.add_subcommand("doctor", "Check credentials, the public URL and the agent");
    doctor->add_flag("--fix", fix, "Set the agent and its webhooks as they must be");
    bool repair = false;
    auto* reconcile = program.add_subcommand("reconcile", "Compare our books with the vendors'; asks the running server");
    reconcile->add_flag("--repair", repair, "Repair what can be repaired without a human, five at most");
    std::string file;
    auto* backup = program.add_subcommand("backup", "Copy the running database to FILE");
    backup->add_option("file", file)->required();
    auto* snapshot = program.add_subcommand("snapshot", "Write FILE for review: no password, session, key or secret");
    snapshot->add_option("file", file)->required();
    auto* restore = program.add_subcommand("restore", "Put a backup in the database's place; no server may run");
    restore->add_option("file", file)->required();
    int organizations = 1000, leads = 200, conversations = 1;
    auto* fixture = program.add_subcommand("fixture", "Fill an empty database for measurements");
    fixture->add_option("--organizations", organizations)->check(CLI::Range(1, 1'000'000))->capture_default_str();
    fixture->add_option("--leads", leads, "Of each organisation")->check(CLI::Range(0, 100'000))->capture_default_str();
    fixture->add_option("--conversations", conversations, "Of each lead")->check(CLI::Range(1, 1'000))->capture_default_str();
    try {
        program.parse(argument_count, arguments);
    } catch (CLI::ParseError const& error) {
        if (error.get_exit_code() == 0) return program.exit(error); // --help, --version
        std::cerr << "dealerline-edge: " << named(program, error.what()) << '\n';
        return 2;
    }

    if (auto const completed = complete(config); !completed) {
        std::cerr << "dealerline-edge: " << completed.error().message << '\n';
        return 2;
    }
    set_up_log(config.log);
    try {
        if (doctor->parsed()) return run_doctor(config, fix);
        if (reconcile->parsed()) return run_reconcile(config, repair);
        if (backup->parsed()) return run_backup(config, file);
        if (snapshot->parsed()) return run_snapshot(config, file);
        if (restore->parsed()) return run_restore(config, file);
        if (fixture->parsed()) return run_fixture(config, organizations, leads, conversations);
        return run_server(config);
    } catch (std::exception const& failure) {
        std::cerr << "dealerline-edge: " << failure.what() << '\n';
        return 1;
    }
}
