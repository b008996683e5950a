#!/usr/bin/env dotnet
#:package Shims@*
#:property NoWarn=$(NoWarn);CA1416
// Lets in who has a password: a FastCGI Authorizer for a web server in front of files or other programs.
//   authorize.cs FILE              answers: 200 with REMOTE_USER, or 401
//   authorize.cs add FILE NAME     adds a user, or changes the password, which is read from standard input
// FILE has lines of NAME:ITERATIONS:SALT:HASH (PBKDF2, HMAC-SHA-256, Base64).
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shims;

const int Iterations = 100_000;

// Never in a request: a CGI program gets words of the query as arguments.
if (Environment.GetEnvironmentVariable("REQUEST_METHOD") is null && args is ["add", var usersFile, var newName])
{
    Add(usersFile, newName, Console.ReadLine() ?? "");
    return 0;
}

// Browsers send the password with each request: one that was right a moment ago is not worked out again while this process lives.
byte[] key = RandomNumberGenerator.GetBytes(32);
var known = new ConcurrentDictionary<string, (string Name, DateTime FileTime)>();

return Shim.RunAuthorizer(ref args, (request, authorization) =>
{
    if (UserOf(request.Headers["Authorization"]) is { } user)
    {
        authorization.Allow("REMOTE_USER", user);
        return;
    }
    authorization.Response.StatusCode = 401;
    authorization.Response.Headers["WWW-Authenticate"] = "Basic realm=\"files\", charset=\"UTF-8\"";
    authorization.Response.Headers["Cache-Control"] = "no-store";
    authorization.Response.Write("Name and password, please.\n");
});

string UsersFile() => args is [var given, ..] ? given : "/etc/shims/users";

string? UserOf(string? header)
{
    if (header is null || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        return null;
    byte[] bytes = new byte[header.Length];
    if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), bytes, out int length))
        return null;
    string credentials = Encoding.UTF8.GetString(bytes, 0, length);
    int colon = credentials.IndexOf(':');
    if (colon <= 0)
        return null;
    DateTime time = File.GetLastWriteTimeUtc(UsersFile());
    string seen = Convert.ToHexString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(credentials)));
    if (known.TryGetValue(seen, out (string Name, DateTime FileTime) before) && before.FileTime == time)
        return before.Name;
    string name = credentials[..colon];
    if (!IsRight(name, credentials[(colon + 1)..]))
        return null;
    if (known.Count > 1000)
        known.Clear();
    known[seen] = (name, time);
    return name;
}

bool IsRight(string name, string password)
{
    // For a name that is not there it takes as long as for one that is.
    (int iterations, byte[] salt, byte[] hash) = (Iterations, new byte[16], new byte[32]);
    bool isThere = false;
    foreach (string line in File.ReadLines(UsersFile()))
    {
        if (line.Split(':') is not [var each, var number, var saltText, var hashText] || each != name)
            continue;
        (iterations, salt, hash, isThere) = (int.Parse(number, CultureInfo.InvariantCulture), Convert.FromBase64String(saltText), Convert.FromBase64String(hashText), true);
    }
    return CryptographicOperations.FixedTimeEquals(Hash(password, salt, iterations), hash) && isThere;
}

static byte[] Hash(string password, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, 32);

static void Add(string file, string name, string password)
{
    if (name.Length == 0 || name.Any(letter => char.IsControl(letter) || letter == ':') || password.Length == 0)
        throw new ArgumentException("a name without colons and a password are needed");
    byte[] salt = RandomNumberGenerator.GetBytes(16);
    IEnumerable<string> others = File.Exists(file) ? File.ReadAllLines(file).Where(line => !line.StartsWith(name + ":", StringComparison.Ordinal)) : [];
    string partial = file + ".new";
    using (FileStream stream = new(partial, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
    using (StreamWriter writer = new(stream))
    {
        foreach (string line in others)
            writer.WriteLine(line);
        writer.WriteLine($"{name}:{Iterations}:{Convert.ToBase64String(salt)}:{Convert.ToBase64String(Hash(password, salt, Iterations))}");
    }
    File.Move(partial, file, overwrite: true);
}
