using Shims.Control.Doctor.Scripts;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>Reading native programs without running them.</summary>
public sealed class ElfFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_program_of_this_machine_says_what_it_needs()
    {
        ElfFile own = ElfFile.Read("/proc/self/exe")!;
        ElfFile shell = ElfFile.Read("/bin/sh")!;
        Assert.True(shell.FitsTo(own));
        Assert.True(File.Exists(shell.Loader));
        Assert.Contains(shell.Needed, name => name.StartsWith("libc.", StringComparison.Ordinal));
        Assert.Empty(new LibrarySearch(LoaderCache.OfThisMachine()).FindMissing("/bin/sh"));
    }

    [Fact]
    public void A_library_is_found_by_the_cache_or_without_it_and_missed_with_its_name()
    {
        byte[] shell = File.ReadAllBytes("/bin/sh");
        string broken = _folder.Write("broken", Replace(shell, "libc.so.6"u8, "libq.so.6"u8));
        Assert.Empty(new LibrarySearch(new LoaderCache([])).FindMissing("/bin/sh"));
        Assert.Equal(["libq.so.6"], new LibrarySearch(LoaderCache.OfThisMachine()).FindMissing(broken));
        Assert.NotEmpty(LoaderCache.OfThisMachine().Find("libc.so.6"));
    }

    [Theory]
    [InlineData(3, "i386")]
    [InlineData(183, "aarch64")]
    [InlineData(62, "x86-64")]
    [InlineData(4711, "machine 4711")]
    public void Another_processor_is_named(int machine, string name)
    {
        byte[] program = [.. "\u007fELF"u8, 2, 1, 1, .. new byte[57]];
        (program[18], program[19]) = ((byte)machine, (byte)(machine >> 8));
        ElfFile? file = ElfFile.Read(new MemoryStream(program));
        Assert.Equal(name, file?.MachineName);
    }

    [Fact]
    public void A_big_endian_32_bit_file_is_read_the_other_way_round()
    {
        byte[] program = [.. "\u007fELF"u8, 1, 2, 1, .. new byte[45]];
        program[19] = 20;
        ElfFile? file = ElfFile.Read(new MemoryStream(program));
        Assert.Equal(("powerpc", true, false), (file?.MachineName, file?.IsBigEndian, file?.Is64Bit));
    }

    [Fact]
    public void A_file_that_breaks_off_or_lies_about_its_offsets_is_none()
    {
        byte[] shell = File.ReadAllBytes("/bin/sh");
        foreach (int length in (int[])[0, 3, 4, 15, 16, 19, 40, 63, 64, 100, 300])
            Assert.Null(ElfFile.Read(new MemoryStream(shell[..length])));
        Array.Fill(shell, (byte)0xff, 32, 8); // e_phoff
        Assert.Null(ElfFile.Read(new MemoryStream(shell)));
    }

    [Fact]
    public void A_cache_that_breaks_off_is_an_empty_one()
    {
        byte[] cache = File.ReadAllBytes("/etc/ld.so.cache");
        foreach (int length in (int[])[0, 20, 30, 47, 48, 60, 72, 73])
            Assert.Empty(new LoaderCache(cache.AsSpan(0, length)).Find("libc.so.6"));
    }

    private static byte[] Replace(byte[] bytes, ReadOnlySpan<byte> old, ReadOnlySpan<byte> with)
    {
        byte[] copy = [.. bytes];
        for (int at = copy.AsSpan().IndexOf(old); at >= 0; at = copy.AsSpan().IndexOf(old))
            with.CopyTo(copy.AsSpan(at));
        return copy;
    }
}
