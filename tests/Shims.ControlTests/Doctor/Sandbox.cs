using System.Globalization;
using Mono.Unix.Native;
using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>A folder with something broken in it, and what lies around: commands are run in it as they are printed, and what they change is seen.</summary>
/// <remarks>Programs that would change the machine are stubs, which write down what they are told.</remarks>
internal sealed class Sandbox : IDisposable
{
    /// <summary>Files whose names begin so are made by commands that somebody has slipped into a name.</summary>
    internal const string Mark = "PWNED";

    private static readonly string[] s_stubs =
    [
        "apt-get", "apt-cache", "pip", "pip3", "cpan", "npm", "gem", "pecl", "service", "systemctl", "sudo", "journalctl", "nginx", "apachectl", "a2enmod", "caddy", "lighttpd", "xinetd", "inetd",
    ];

    private readonly TemporaryFolder _folder = new();

    /// <param name="site">What the folder with the broken thing is called.</param>
    internal Sandbox(string site)
    {
        Site = _folder.MakeFolder($"sites/{site}");
        Secret = _folder.Write("outside/secret", "a password\n");
        File.SetUnixFileMode(Secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(_folder.PathTo("outside"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string stub in s_stubs)
            _folder.WriteScript($"stubs/{stub}", $"#!/bin/sh\necho \"{stub} $*\" >> '{_folder.PathTo("record")}'\n");
        _folder.MakeFolder("elsewhere");
    }

    /// <summary>The folder with the broken thing.</summary>
    internal string Site { get; }

    /// <summary>A file of root's that nobody else may read.</summary>
    internal string Secret { get; }

    /// <summary>What the stubs have been told.</summary>
    internal string[] Told => File.Exists(_folder.PathTo("record")) ? File.ReadAllLines(_folder.PathTo("record")) : [];

    /// <summary>Writes a script of mode 755 and returns its path.</summary>
    internal string Script(string name, string source)
    {
        string path = Path.Combine(Site, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, source);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    /// <summary>Gives something to a user.</summary>
    internal static void Give(string path, string user)
    {
        Passwd entry = Syscall.getpwnam(user);
        Assert.Equal(0, Syscall.lchown(path, entry.pw_uid, entry.pw_gid));
    }

    /// <summary>Runs a command as somebody would who pastes it.</summary>
    internal Task<LaunchResult> RunAsync(string command) => Launcher.RunAsync(new Launch
    {
        Program = "/bin/sh",
        Arguments = ["-c", command],
        Folder = _folder.PathTo("elsewhere"),
        Environment = [System.Text.Encoding.UTF8.GetBytes($"PATH={_folder.PathTo("stubs")}:/usr/sbin:/usr/bin:/sbin:/bin")],
    });

    /// <summary>Everything that can be seen of all that is in it: mode, owner, access control list, content.</summary>
    internal SortedDictionary<string, string> Look()
    {
        var seen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFileSystemEntries(_folder.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            if (path == _folder.PathTo("record") || Syscall.lstat(path, out Stat status) != 0)
                continue;
            FilePermissions kind = status.st_mode & FilePermissions.S_IFMT;
            string content = kind == FilePermissions.S_IFREG ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))) : kind == FilePermissions.S_IFLNK ? new FileInfo(path).LinkTarget! : "";
            string list = kind != FilePermissions.S_IFLNK && Syscall.getxattr(path, "system.posix_acl_access", out byte[] entries) > 0 ? Convert.ToHexString(entries) : "";
            seen[path] = string.Create(CultureInfo.InvariantCulture, $"{(uint)status.st_mode:x} {status.st_uid}:{status.st_gid} {list} {content}");
        }
        return seen;
    }

    /// <summary>What another user than root and the owner may do with a file, by its mode.</summary>
    internal static Access OfOthers(string path) => Syscall.stat(path, out Stat status) == 0 ? (Access)((uint)status.st_mode & 7) : Access.None;

    /// <summary>Whether a command that was in a name has been run.</summary>
    internal bool IsTakenOver => Look().Keys.Any(path => Path.GetFileName(path).StartsWith(Mark, StringComparison.Ordinal)) || Directory.EnumerateFileSystemEntries("/", Mark + "*").Any();

    public void Dispose() => _folder.Dispose();
}
