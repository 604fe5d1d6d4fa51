/* A certificate with its key, another key, and the same key with a pass phrase in both forms that OpenSSL writes; made
 * for these tests with OpenSSL 3.0 and good until the year 2126. */
#ifndef RECONCILE_TESTS_PEM_FILES_H
#define RECONCILE_TESTS_PEM_FILES_H

/* clang-format off */
#define PEM_CERTIFICATE \
	"-----BEGIN CERTIFICATE-----\n" \
	"MIIBdTCCARugAwIBAgIUJvbu9ljGznR16eXSi4kR/m0kbkAwCgYIKoZIzj0EAwIw\n" \
	"DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjQxNzAxMDBaGA8yMTI2MTAzMTE3MDEw\n" \
	"MFowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBQJ\n" \
	"8rayiZYSlD0yITZ1MzDsc1rqr569n8uBhE9vEyzITVxwR01ObhwWaIipqvgYWucj\n" \
	"yjO80ahsD/dTm0IHae6jUzBRMB0GA1UdDgQWBBTFepPSZX7kQhD3SwTdTY5DykSH\n" \
	"nDAfBgNVHSMEGDAWgBTFepPSZX7kQhD3SwTdTY5DykSHnDAPBgNVHRMBAf8EBTAD\n" \
	"AQH/MAoGCCqGSM49BAMCA0gAMEUCIAjVCVrwcq0/FSBUAhtInnj/N270zmnCrrIK\n" \
	"1S2eoKrsAiEArkG+pwlcJ/YMV7ZuSBLtkWwBB2qOrrUhMQ8ZBtueZxQ=\n" \
	"-----END CERTIFICATE-----\n"
#define PEM_KEY \
	"-----BEGIN PRIVATE KEY-----\n" \
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtI3is9JzTVTAPswW\n" \
	"yKY3LcJLFSLKCa+XEqzqkyxpUHShRANCAAQUCfK2somWEpQ9MiE2dTMw7HNa6q+e\n" \
	"vZ/LgYRPbxMsyE1ccEdNTm4cFmiIqar4GFrnI8ozvNGobA/3U5tCB2nu\n" \
	"-----END PRIVATE KEY-----\n"
#define PEM_OTHER_KEY \
	"-----BEGIN PRIVATE KEY-----\n" \
	"MC4CAQAwBQYDK2VwBCIEIAWAieCcGA9UNS9ISP9/TrPBC3PsNeKY/tcJwFR4gN6P\n" \
	"-----END PRIVATE KEY-----\n"
#define PEM_LOCKED_KEY \
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
	"MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgy+zZpaATk4QICCAAw\n" \
	"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEGw+uE4l65WwzgywmnFcRroEgZA5\n" \
	"ULuL6lToIQjuNcQMo5YBp5zqg+sOzHrJ1h+DCntQNLni1dKuTlWGv8CU1LfYwadM\n" \
	"0HM3LobV8J2+OPyV3ZmMl8tqRc6pmwXQb0tqh7Ndp/ZrYYd+ddxwIWyotj2RRjGi\n" \
	"9fWFDwd/kqYmC39vxOsdA7DJ4cLTKueNXLRO8NNx5d4KSZSj9vlsdu26dScHoEs=\n" \
	"-----END ENCRYPTED PRIVATE KEY-----\n"
#define PEM_OLD_LOCKED_KEY \
	"-----BEGIN EC PRIVATE KEY-----\n" \
	"Proc-Type: 4,ENCRYPTED\n" \
	"DEK-Info: AES-128-CBC,BF3ED04B7922281AFAE57F073FF8BB67\n" \
	"\n" \
	"/PyWb94le3Cp2GLO/UZeT3+4in2wkp3dQFpBlUd2d0WPsx2Ud/67lwrpYTnf5LRN\n" \
	"LolNxuI5ByFuccsYtWddPH2bh1BLoqQh793nfgY9/WZCU+VlV793xsDR24UzNqGc\n" \
	"6GeV7BfidI/AIy53D/MpH2nqKcDYJ85Y/80bCYHql2U=\n" \
	"-----END EC PRIVATE KEY-----\n"
/* clang-format on */

#endif
