#include "tools/telephony-sim/web_client.h"

#include <httplib.h>

#include <algorithm>
#include <chrono>

namespace simulator {

namespace {

constexpr size_t longest_answer = 1024 * 1024;
constexpr size_t piece = 4096;

std::string reason(httplib::Error error)
{
    switch (error) {
    case httplib::Error::Connection:
        return "nobody listens there";
    case httplib::Error::ConnectionTimeout:
    case httplib::Error::Timeout:
        return "no answer in time";
    case httplib::Error::Read:
        return "the connection broke, or no answer came in time";
    default:
        return httplib::to_string(error);
    }
}

void give_in_pieces(httplib::Request& outgoing, std::string const& body)
{
    outgoing.set_header("Transfer-Encoding", "chunked");
    outgoing.is_chunked_content_provider_ = true;
    outgoing.content_provider_ = [&body](size_t offset, size_t, httplib::DataSink& sink) {
        auto const size = std::min(piece, body.size() - offset);
        if (size == 0) {
            sink.done();
            return true;
        }
        return sink.write(body.data() + offset, size);
    };
}

} // namespace

WebAnswer send(WebRequest const& request)
{
    WebAnswer answer;
    auto const scheme_end = request.url.find("://");
    if (scheme_end == std::string::npos) {
        answer.error = "not a web address";
        return answer;
    }
    auto const without_fragment = request.url.substr(0, request.url.find('#'));
    auto const path_start = without_fragment.find_first_of("/?", scheme_end + 3);
    auto const origin = without_fragment.substr(0, path_start);
    auto path = path_start == std::string::npos ? "/" : without_fragment.substr(path_start);
    if (path.starts_with('?')) path.insert(0, "/");

    auto const started = now_ms();
    httplib::Client client(origin);
    if (!client.is_valid()) {
        answer.error = "not a web address";
        return answer;
    }
    client.set_connection_timeout(std::min(request.patience, request.connect_patience));
    client.set_read_timeout(request.patience);
    client.set_write_timeout(request.patience);
    client.set_max_timeout(request.patience);
    client.set_payload_max_length(longest_answer);
    client.set_tcp_nodelay(true);
    client.set_path_encode(false); // the signature is over the address as it was configured

    httplib::Request outgoing;
    outgoing.start_time_ = std::chrono::steady_clock::now(); // what the whole call's time limit counts from
    outgoing.method = request.method;
    outgoing.path = path;
    for (auto const& [name, value] : request.headers)
        outgoing.set_header(name, value);
    if (request.method != "GET") {
        outgoing.set_header("Content-Type", request.content_type);
        if (request.is_chunked)
            give_in_pieces(outgoing, request.body);
        else
            outgoing.body = request.body;
    }
    auto const result = client.send(outgoing);
    answer.took_ms = now_ms() - started;
    if (!result) {
        answer.error = reason(result.error());
        answer.is_connected = result.error() != httplib::Error::Connection && result.error() != httplib::Error::ConnectionTimeout;
        return answer;
    }
    answer.status = result->status;
    answer.body = result->body;
    answer.content_type = result->get_header_value("Content-Type");
    return answer;
}

} // namespace simulator
