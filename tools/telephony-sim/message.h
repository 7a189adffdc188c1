#pragma once

#include "tools/telephony-sim/json.h"
#include "tools/telephony-sim/text.h"

#include <string>
#include <vector>

namespace simulator {

// What came over the wire, before anyone has looked at it.
struct Request {
    std::string method;
    std::string path; // still percent-encoded
    std::string query;
    std::string body;
    std::string content_type;
    std::string authorization;
    std::string api_key;
    std::string fetch_site; // Sec-Fetch-Site: a browser says here whose page is asking

    std::vector<std::string> segments() const;
    Fields query_fields() const { return decoded_form(query); }
    Fields form_fields() const;
};

struct Answer {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    Fields headers;
    bool is_cut = false; // nothing of it is sent: the connection is reset instead
    std::vector<std::string> unknown_parameters; // ignored, as the vendor does, but noted in the journal
};

Answer json_answer(int status, Json const& body);

} // namespace simulator
