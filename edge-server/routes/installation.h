#pragma once

#include "edge-server/http/files.h"
#include "shared/base/json.h"

#include <string>

struct Config;

// The hash in the name of the console's script: a page of another one is out of date. '' when the console is not there.
std::string console_build(http::Files const& files);

// What a console should know about the server that it talks to.
Json installation_of(Config const& config, std::string const& build);
