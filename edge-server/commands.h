#pragma once

#include <string>

struct Config;

// What the program does besides serving. Each returns the process's exit code and writes to the terminal.
int run_server(Config const& config);
int run_doctor(Config const& config, bool fix);
int run_reconcile(Config const& config, bool repair); // asks the running server
int run_backup(Config const& config, std::string const& file);
int run_snapshot(Config const& config, std::string const& file);
int run_restore(Config const& config, std::string const& file);
int run_fixture(Config const& config, int organizations, int leads, int conversations);
