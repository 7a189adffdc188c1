#pragma once

#include "edge-server/http/message.h"
#include "shared/base/result.h"

#include <string>

constexpr int default_limit = 50;
constexpr int largest_limit = 500;

struct Paging {
    int limit = default_limit;
    std::string cursor; // the last id of the page before; '' for the first
};

Result<Paging> paging_of(http::Request const& request);
