#include "tools/telephony-sim/server.h"

#include "tools/telephony-sim/simulator.h"

#include <httplib.h>
#include <iostream>

namespace simulator {

namespace {

constexpr size_t largest_body = 1024 * 1024;
constexpr size_t threads = 192; // each open connection holds one; httplib's growing pool can leave a connection waiting behind an idle one
constexpr size_t waiting_connections = 1024;
constexpr auto idle_connection = std::chrono::seconds(15);
constexpr auto slow_client = std::chrono::seconds(15);

Request received(httplib::Request const& wire)
{
    Request request;
    auto const target = wire.target.substr(0, wire.target.find('#'));
    auto const question = target.find('?');
    request.method = wire.method;
    request.path = target.substr(0, question);
    request.query = question == std::string::npos ? "" : target.substr(question + 1);
    request.body = wire.body;
    request.content_type = wire.get_header_value("Content-Type");
    request.authorization = wire.get_header_value("Authorization");
    request.api_key = wire.get_header_value("xi-api-key");
    request.fetch_site = wire.get_header_value("Sec-Fetch-Site");
    return request;
}

// A DELETE or POST may come without any body and without saying so. httplib waits for the rest of it after the answer,
// and takes the next request on the connection for it.
void expect_no_more(httplib::Request const& wire)
{
    if (!wire.has_header("Content-Length") && !wire.has_header("Transfer-Encoding"))
        const_cast<httplib::Request&>(wire).body_consumed_ = true;
}

// Whether the connection that this thread serves is to end without the answer.
thread_local bool connection_is_cut = false;

void reply(httplib::Response& wire, Answer const& answer)
{
    connection_is_cut = answer.is_cut;
    wire.status = answer.status;
    for (auto const& [name, value] : answer.headers)
        wire.set_header(name, value);
    if (!answer.content_type.empty()) wire.set_content(answer.body, answer.content_type);
}

std::string path_of(httplib::Request const& wire)
{
    return wire.target.substr(0, wire.target.find_first_of("?#"));
}

} // namespace

struct Server::Wire {
    // httplib's own, and able to end a connection with a reset instead of an answer.
    struct : httplib::Server {
        bool process_and_close_socket(socket_t socket) override
        {
            std::string remote_address, local_address;
            int remote_port = 0, local_port = 0;
            connection_is_cut = false;
            bool const went_well = httplib::detail::process_server_socket(svr_sock_, socket, keep_alive_max_count_, keep_alive_timeout_sec_,
                read_timeout_sec_, read_timeout_usec_, write_timeout_sec_, write_timeout_usec_,
                [&](httplib::Stream& stream, bool close, bool& closed) {
                    return process_request(stream, remote_address, remote_port, local_address, local_port, close, closed, nullptr, nullptr);
                });
            linger const at_once{1, 0};
            if (connection_is_cut)
                ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
            else
                httplib::detail::shutdown_socket(socket);
            httplib::detail::close_socket(socket);
            return went_well;
        }
    } server;
};

Server::Server(Handler handle) : m_wire(std::make_unique<Wire>())
{
    auto& server = m_wire->server;
    server.new_task_queue = [] { return new httplib::ThreadPool(threads, threads, waiting_connections); };
    server.set_tcp_nodelay(true);
    // httplib's default would let a second simulator share the port unnoticed.
    server.set_socket_options([](socket_t socket) { httplib::set_socket_opt(socket, SOL_SOCKET, SO_REUSEADDR, 1); });
    server.set_payload_max_length(largest_body);
    server.set_keep_alive_max_count(1'000'000);
    server.set_keep_alive_timeout(idle_connection.count());
    server.set_read_timeout(slow_client);
    server.set_write_timeout(slow_client);
    server.set_header_writer([](httplib::Stream& stream, httplib::Headers& headers) {
        return connection_is_cut ? -1 : httplib::detail::write_headers(stream, headers);
    });
    auto const serve = [handle = std::move(handle)](httplib::Request const& wire, httplib::Response& response) {
        expect_no_more(wire);
        reply(response, handle(received(wire)));
    };
    server.Get(".*", serve);
    server.Post(".*", serve);
    server.Put(".*", serve);
    server.Patch(".*", serve);
    server.Delete(".*", serve);
    server.set_exception_handler([](httplib::Request const& wire, httplib::Response& response, std::exception_ptr const& cause) {
        try {
            std::rethrow_exception(cause);
        } catch (std::exception const& error) {
            std::cerr << "telephony-sim: " << wire.method << " " << path_of(wire) << ": " << error.what() << std::endl;
        }
        reply(response, failure(path_of(wire), 500));
    });
    server.set_error_handler([](httplib::Request const& wire, httplib::Response& response) {
        bool const answered = !response.body.empty();
        if (answered) return httplib::Server::HandlerResponse::Unhandled;
        reply(response, failure(path_of(wire), response.status));
        return httplib::Server::HandlerResponse::Handled;
    });
}

Server::~Server() = default;

int Server::bind(std::string const& host, int port)
{
    auto& server = m_wire->server;
    if (port == 0) return server.bind_to_any_port(host);
    return server.bind_to_port(host, port) ? port : -1;
}

void Server::run()
{
    m_wire->server.listen_after_bind();
}

void Server::stop()
{
    m_wire->server.stop();
}

} // namespace simulator
