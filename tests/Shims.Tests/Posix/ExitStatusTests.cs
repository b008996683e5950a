using Shims.Posix;

namespace Shims.Tests.Posix;

public sealed class ExitStatusTests
{
    [Theory]
    [InlineData(0x0000, 0, 0, false)]
    [InlineData(0x0100, 0, 1, false)]
    [InlineData(0xFF00, 0, 255, false)]
    [InlineData(0x0009, 9, 137, false)]
    [InlineData(0x000F, 15, 143, false)]
    [InlineData(0x008B, 11, 139, true)]
    [InlineData(0x0040, 64, 192, false)]
    public void An_exit_status_is_read_as_wait_2_defines_it(int raw, int signal, int code, bool isCoreDumped)
    {
        var status = new ExitStatus(raw);
        Assert.Equal((signal, code, isCoreDumped), (status.Signal, status.Code, status.IsCoreDumped));
    }
}
