using System.Text;
using Mono.Unix.Native;

namespace Shims.Control.Doctor;

/// <summary>SELinux as a machine has it: whether it refuses anything, how files are labelled, and what is switched on. selinux(8).</summary>
/// <param name="root">Stands for the root folder.</param>
internal sealed class SecurityLabels(string root = "/")
{
    private const string Attribute = "security.selinux";

    /// <summary>True if what the policy does not allow is refused, and not only logged.</summary>
    internal bool IsEnforcing { get; } = Read(root, "sys/fs/selinux/enforce") == "1";

    /// <summary>The type in the label of a file, such as httpd_sys_script_exec_t; null if it has no label, or none that this user may read.</summary>
    internal string? TypeOf(string path)
    {
        // USER:ROLE:TYPE:LEVEL, ended by a NUL.
        if (Syscall.lgetxattr(At(path), Attribute, out byte[] label) < 0)
            return null;
        return Encoding.UTF8.GetString(label).TrimEnd('\0').Split(':') is [_, _, { Length: > 0 } type, ..] ? type : null;
    }

    /// <summary>True if a boolean of the policy is off. One that the policy does not have is not.</summary>
    internal bool IsOff(string boolean) => Read(root, $"sys/fs/selinux/booleans/{boolean}")?.StartsWith('0') == true;

    /// <summary>The files in a folder that can be executed; none if it cannot be read.</summary>
    internal IEnumerable<string> ProgramsIn(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(At(folder)).EnumerateFiles().Where(static file => (file.UnixFileMode & UnixFileMode.UserExecute) != 0)
                .Select(file => Path.Join(folder, file.Name)).Order(StringComparer.Ordinal)];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? Read(string root, string file)
    {
        try
        {
            return File.ReadAllText(Path.Join(root, file)).Trim();
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string At(string path) => Path.Join(root, path);
}
