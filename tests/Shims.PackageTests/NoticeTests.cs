namespace Shims.PackageTests;

/// <summary>THIRD-PARTY-NOTICES.txt, as `make` writes it.</summary>
public sealed class NoticeTests
{
    private static string Notices
    {
        get
        {
            string path = Repository.PathTo("artifacts/THIRD-PARTY-NOTICES.txt");
            Requires.That(File.Exists(path), $"{path}, by make");
            return File.ReadAllText(path);
        }
    }

    [Fact]
    public void The_C_library_is_named_with_its_version_its_source_its_license_and_the_right_to_link_again()
    {
        string notices = Notices;
        Assert.Matches(@"(?m)^  libc6-dev\S* [\w.+~-]+, of the source package glibc \(= [\w.+~-]+\)$", notices);
        Assert.Contains("You may link these programs again with another version of the library", notices);
        Assert.Contains(File.ReadAllText(Repository.PathTo("packaging/notices/LGPL-2.1.txt")).Trim(), notices);
        Assert.Contains("GCC RUNTIME LIBRARY EXCEPTION", notices);
    }

    [Fact]
    public void Every_package_of_the_compiler_is_named_once_and_so_is_each_text()
    {
        string notices = Notices;
        foreach (string package in new[] { "Microsoft.NETCore.App.Runtime.NativeAOT", "Microsoft.AspNetCore.App.Runtime", "Microsoft.AspNetCore.WebUtilities", "Mono.Posix.NETStandard", "System.CommandLine" })
            Assert.Single(notices.Split('\n'), line => line.StartsWith($"  {package}", StringComparison.Ordinal));
        foreach (string text in new[] { "License notice for Slicing-by-8", "libMonoPosixHelper.so contains minizip", "[This is the first released version of the Lesser GPL." })
            Assert.Equal(2, notices.Split(text).Length);
    }

    [Fact]
    public void Nothing_of_this_machine_is_in_it() => Assert.DoesNotContain("/.nuget/", Notices);
}
