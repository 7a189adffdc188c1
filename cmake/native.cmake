# Libraries of the native programs. Everything comes from Debian or from third_party/ (tools/setup).
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(date REQUIRED) # with the system's time zones
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)

# cpp-httplib as one object file's worth of settings: each has its reason.
add_library(httplib INTERFACE)
target_include_directories(httplib SYSTEM INTERFACE ${THIRD_PARTY}/cpp-httplib)
target_compile_definitions(httplib INTERFACE
  CPPHTTPLIB_OPENSSL_SUPPORT # the vendors speak https
  CPPHTTPLIB_KEEPALIVE_TIMEOUT_CHECK_INTERVAL_USECOND=900000 # its idle wait polls: 10 ms costs 0.8 of a core with 1,000 connections
  CPPHTTPLIB_LISTEN_BACKLOG=1024)
target_link_libraries(httplib INTERFACE Threads::Threads OpenSSL::SSL OpenSSL::Crypto)
file(STRINGS ${THIRD_PARTY}/cpp-httplib/httplib.h HTTPLIB_VERSION_LINE REGEX "define CPPHTTPLIB_VERSION \"")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" HTTPLIB_VERSION "${HTTPLIB_VERSION_LINE}")
if(HTTPLIB_VERSION VERSION_LESS 0.41.0)
  message(FATAL_ERROR "cpp-httplib ${HTTPLIB_VERSION} is too old: 0.41.0 or newer is needed")
endif()
