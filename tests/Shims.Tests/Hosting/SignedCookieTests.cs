using Shims.Diagnostics;
using Shims.Hosting;
using Shims.Testing;

namespace Shims.Tests.Hosting;

[Collection(StateFolder.Name)]
public sealed class SignedCookieTests(StateFolder state)
{
    [Fact]
    public void A_signed_cookie_comes_back_as_it_was_and_has_careful_attributes()
    {
        ShimTestResponse given = Give("user", "Ada; \"ü\"");
        Assert.Equal("Ada; \"ü\"", Read("user", given.Cookies["user"]!));
        Assert.EndsWith("; Path=/; HttpOnly; SameSite=Lax", given["Set-Cookie"]);
        Assert.EndsWith("; Path=/; Secure; HttpOnly; SameSite=Lax",
            ShimTest.Send((_, response) => response.Cookies.AddSigned("user", "x"),
                new ShimTestRequest("GET", "/") { IsHttps = true })["Set-Cookie"]);
    }

    [Fact]
    public void A_signed_cookie_that_was_changed_at_any_place_is_none()
    {
        string signed = Give("user", "ada").Cookies["user"]!;
        for (int i = 0; i < signed.Length; i++)
        {
            // Of the last character of each part of Base64url not all bits count, and those that do not must count here.
            foreach (char other in "A0.z")
            {
                if (signed[i] != other)
                    Assert.Null(Read("user", $"{signed[..i]}{other}{signed[(i + 1)..]}"));
            }
            Assert.Null(Read("user", signed[..i]));
        }
        Assert.Null(Read("user", signed + "A"));
        Assert.Null(Read("user", "ada"));
        Assert.Null(Read("user", ".."));
    }

    [Fact]
    public void A_signed_cookie_is_none_under_another_name_or_with_another_key()
    {
        string signed = Give("user", "ada").Cookies["user"]!;
        Assert.Null(Read("admin", signed));
        using var folder = new TemporaryFolder();
        Environment.SetEnvironmentVariable("SHIMS_STATE", folder.PathTo("other"));
        try
        {
            Assert.Null(Read("user", signed));
        }
        finally
        {
            Environment.SetEnvironmentVariable("SHIMS_STATE", state.Path);
        }
        Assert.Equal("ada", Read("user", signed));
    }

    [Fact]
    [Trait("fault", "Q8")]
    public void Programs_that_share_a_key_by_their_name_do_not_share_what_they_sign()
    {
        string path = $"{Shim.StateDirectory}/signing-key";
        SigningKey one = SigningKey.Of(path, "/srv/app1/notes\n"), other = SigningKey.Of(path, "/srv/app2/notes\n");
        string signed = SignedCookieFormat.Write(one, "user", "ada", until: 1000);
        Assert.Equal("ada", SignedCookieFormat.Read(one, "user", signed, now: 1000));
        Assert.Null(SignedCookieFormat.Read(other, "user", signed, now: 1000));
        Assert.Null(SignedCookieFormat.Read(SigningKey.Of(path, ""), "user", signed, now: 1000));
        Assert.True(ProgramFolders.HasOwnState);
        Assert.True(File.Exists(ProgramFolders.RealPath), ProgramFolders.RealPath);
    }

    [Fact]
    public void A_signed_cookie_ends_with_its_time()
    {
        var key = SigningKey.Current;
        string signed = SignedCookieFormat.Write(key, "user", "ada", until: 1000);
        Assert.Equal("ada", SignedCookieFormat.Read(key, "user", signed, now: 1000));
        Assert.Null(SignedCookieFormat.Read(key, "user", signed, now: 1001));
        string given = ShimTest.Send(
            (_, response) => response.Cookies.AddSigned("user", "ada", new CookieOptions { MaxAge = TimeSpan.FromSeconds(-2) }),
                ShimTestRequest.Get("/"))["Set-Cookie"]!;
        Assert.Null(Read("user", given["user=".Length..given.IndexOf(';')]));
    }

    [Fact]
    public void The_right_one_of_several_cookies_of_one_name_counts()
    {
        string signed = Give("user", "ada").Cookies["user"]!;
        var request = new ShimTestRequest("GET", "/") { Headers = { ["Cookie"] = $"user=forged; user={signed}" } };
        Assert.Equal("ada", ShimTest.Send((incoming, response) => response.Write(incoming.SignedCookies["user"]), request).Text);
    }

    [Fact]
    public void A_value_that_no_browser_would_keep_is_refused()
    {
        Assert.Equal(2500, Read("user", Give("user", new string('x', 2500)).Cookies["user"]!)!.Length);
        Assert.Contains("browsers keep 4096 bytes", Give("user", new string('x', 3000)).Log);
    }

    [Fact]
    public void Of_two_cookies_with_one_name_the_later_counts()
    {
        ShimTestResponse response = ShimTest.Send(
            (_, response) =>
            {
                response.Cookies.Add("a", "1");
                response.Cookies.Add("ab", "2");
                response.Cookies.Add("a", "3");
                response.Cookies.Delete("ab");
            },
            ShimTestRequest.Get("/"));
        Assert.Equal(["a=3; Path=/; HttpOnly; SameSite=Lax", "ab=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"],
            response.Headers.Where(header => header.Key == "Set-Cookie").Select(header => header.Value));
    }

    [Fact]
    public void The_key_is_made_once_for_its_user_alone()
    {
        using var folder = new TemporaryFolder();
        using var other = new Elsewhere(state, folder.PathTo("state"));
        string[] signatures = new string[8];
        Parallel.For(0, signatures.Length, i => signatures[i] = SigningKey.Current.Sign("test", "text"));
        Assert.Single(signatures.Distinct());
        string file = Assert.Single(Directory.GetFiles(folder.PathTo("state")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(folder.PathTo("state")));
        Assert.Equal(32, new FileInfo(file).Length);
    }

    [Theory]
    [InlineData("mode", "others may read it: chmod 600 ")]
    [InlineData("short", "does not have 32 bytes: rm ")]
    [InlineData("link", "cannot be read (error 40)")]
    [InlineData("folder", "belongs to another user, or others may read it")]
    public void A_key_that_others_may_know_is_refused_with_the_fix(string kind, string expected)
    {
        using var folder = new TemporaryFolder();
        using var other = new Elsewhere(state, folder.PathTo("state"));
        string file = folder.Write("state/signing-key", new string('k', kind == "short" ? 31 : 32));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | (kind == "mode" ? UnixFileMode.GroupRead : 0));
        if (kind is "link" or "folder")
        {
            File.Move(file, folder.PathTo("state/real"));
            if (kind == "link")
                File.CreateSymbolicLink(file, folder.PathTo("state/real"));
            else
                Directory.CreateDirectory(file);
        }
        ShimTestResponse response = Give("user", "ada");
        Assert.Equal(500, response.StatusCode);
        Assert.Contains(expected, response.Log);
    }

    [Fact]
    public void A_folder_for_state_that_others_may_write_to_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var other = new Elsewhere(state, folder.PathTo("state"));
        Directory.CreateDirectory(folder.PathTo("state"));
        File.SetUnixFileMode(folder.PathTo("state"), (UnixFileMode)0x1FF);
        Assert.Contains("SHIMS_STATE", Assert.Throws<ShimException>(() => Shim.StateDirectory).Message);
        Environment.SetEnvironmentVariable("SHIMS_STATE", "relative");
        Assert.Throws<ShimException>(() => Shim.StateDirectory);
    }

    [Fact]
    public void A_folder_for_state_is_that_of_the_service_or_of_the_user()
    {
        using var folder = new TemporaryFolder();
        using var other = new Elsewhere(state, null);
        string service = Directory.CreateDirectory(folder.PathTo("service")).FullName;
        Environment.SetEnvironmentVariable("STATE_DIRECTORY", $"{service}:/nowhere");
        Assert.Equal(service, Shim.StateDirectory);
        Environment.SetEnvironmentVariable("STATE_DIRECTORY", null);
        if (CurrentUser.Id != 0)
        {
            Environment.SetEnvironmentVariable("XDG_STATE_HOME", folder.PathTo("home/state"));
            Assert.StartsWith(folder.PathTo("home/state/shims/"), Shim.StateDirectory);
            Assert.True(Directory.Exists(Shim.StateDirectory));
            Environment.SetEnvironmentVariable("XDG_STATE_HOME", null);
        }
    }

    private static ShimTestResponse Give(string name, string value) =>
        ShimTest.Send((_, response) => response.Cookies.AddSigned(name, value), ShimTestRequest.Get("/"));

    private static string? Read(string name, string value)
    {
        string? read = "not asked";
        ShimTest.Send((request, _) => read = request.SignedCookies[name], new ShimTestRequest("GET", "/") { Cookies = { [name] = value } });
        return read;
    }

    /// <summary>Another folder for as long as a test takes.</summary>
    private sealed class Elsewhere : IDisposable
    {
        private readonly StateFolder _state;

        internal Elsewhere(StateFolder state, string? path)
        {
            _state = state;
            Environment.SetEnvironmentVariable("SHIMS_STATE", path);
        }

        public void Dispose() => Environment.SetEnvironmentVariable("SHIMS_STATE", _state.Path);
    }
}
