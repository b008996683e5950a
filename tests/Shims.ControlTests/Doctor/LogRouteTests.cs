using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Live;
using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>Where the gateway's log goes on machines of different kinds.</summary>
public sealed class LogRouteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_machine_without_journal_and_syslog_has_no_log() =>
        Assert.Contains("this machine has neither", Check(), StringComparison.Ordinal);

    [Theory]
    [InlineData("--stderr", "inherit")]
    [InlineData("--errors", "browser")]
    [InlineData("--errors=browser")]
    public void An_option_that_shows_errors_is_enough(params string[] options) => Assert.Null(Check(options));

    [Fact]
    public void A_log_is_made_for_the_user_who_writes_it_and_not_for_root_who_only_asks()
    {
        Requires.That(CurrentUser.Id == 0 && UserAccount.Find("www-data") is not null, "root, and the user www-data");
        var settings = new DoctorSettings { User = UserAccount.Current };
        Assert.Null(LogRoute.Check(settings, "/nosuch", "/nosuch")!.Settle(FixScope.OfScript("/bin/sh")).Command);
        Finding named = LogRoute.Check(settings with { User = UserAccount.Find("www-data")!, IsUserNamed = true }, "/nosuch", "/nosuch")!.Settle(FixScope.OfScript("/bin/sh"));
        if (!Directory.Exists("/var/log/shims"))
            Assert.Equal("install -d -o www-data -m 700 /var/log/shims", named.Command);
        Assert.Contains("--stderr /var/log/shims/error.log", named.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Syslog_is_a_log()
    {
        _folder.Write("syslog", "");
        Assert.Null(Check());
        Assert.Null(Check("--stderr", "syslog"));
    }

    [Fact]
    public void A_file_that_the_user_may_not_write_is_none()
    {
        File.SetUnixFileMode(_folder.Write("log", ""), UnixFileMode.UserRead);
        Assert.Contains("may not write", Check("--stderr", _folder.PathTo("log")), StringComparison.Ordinal);
        File.SetUnixFileMode(_folder.PathTo("log"), UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        Assert.Equal($"its log is {_folder.PathTo("log")}", Check("--stderr", _folder.PathTo("log")));
    }

    private string? Check(params string[] options)
    {
        var settings = new DoctorSettings { User = new UserAccount("somebody", 4711, 4711), Gateway = ["scgi-run", .. options] };
        return LogRoute.Check(settings, _folder.PathTo("journal"), _folder.PathTo("syslog"))?.Cause;
    }
}
