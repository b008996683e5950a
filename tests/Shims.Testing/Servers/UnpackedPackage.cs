using System.Diagnostics;

namespace Shims.Testing;

/// <summary>A package of the distribution that cannot be installed beside another one that the tests need, and is unpacked aside instead.</summary>
/// <param name="package">Its name.</param>
/// <param name="program">The program in it, relative to the root of the file system.</param>
public sealed class UnpackedPackage(string package, string program)
{
    private readonly SemaphoreSlim _unpacking = new(1);

    /// <summary>Where the program is, or will be once <see cref="FindAsync"/> has fetched it.</summary>
    public string ProgramPath => Tool.Find(System.IO.Path.GetFileName(program)) ?? Path.Combine(Folder, program);

    private string Folder => Repository.PathTo($"artifacts/{package}");

    /// <summary>The program's path: installed, unpacked earlier, or downloaded and unpacked now; null if it cannot be had.</summary>
    public async Task<string?> FindAsync()
    {
        await _unpacking.WaitAsync();
        try
        {
            if (File.Exists(ProgramPath))
                return ProgramPath;
            if (!Tool.Exists("apt-get") || !Tool.Exists("dpkg"))
                return null;
            Directory.CreateDirectory(Folder);
            using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", "apt-get -q download \"$0\" && dpkg -x \"$0\"_*.deb . && rm \"$0\"_*.deb", package])
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
            return File.Exists(ProgramPath) ? ProgramPath : null;
        }
        finally
        {
            _unpacking.Release();
        }
    }
}
