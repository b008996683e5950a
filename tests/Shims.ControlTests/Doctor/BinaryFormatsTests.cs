using Shims.Control.Doctor.Scripts;

namespace Shims.ControlTests.Doctor;

/// <summary>Reading what is registered in /proc/sys/fs/binfmt_misc.</summary>
public sealed class BinaryFormatsTests
{
    private static readonly BinaryFormats s_formats = new(
    [
        "enabled\ninterpreter /usr/bin/qemu-s390x\nflags: OC\noffset 0\nmagic 7f454c460202\nmask ffffffffff02\n",
        "disabled\ninterpreter /usr/bin/mono\nflags: \noffset 0\nmagic 4d5a\n",
        "enabled\ninterpreter /usr/bin/jexec\nflags: \nextension .jar\n",
        "enabled\ninterpreter /usr/bin/late\nflags: \noffset 3\nmagic 5858\n",
        "something else\n",
    ]);

    [Theory]
    [InlineData("/srv/x", "7f454c460202", "/usr/bin/qemu-s390x")]
    [InlineData("/srv/x", "7f454c4602fe", "/usr/bin/qemu-s390x")] // where the mask has no bit, any will do
    [InlineData("/srv/x", "7f454c460201", null)]
    [InlineData("/srv/x", "7f454c4602", null)] // too short
    [InlineData("/srv/x", "4d5a", null)] // switched off
    [InlineData("/srv/x.jar", "", "/usr/bin/jexec")]
    [InlineData("/srv/xjar", "", null)]
    [InlineData("/srv/x", "0000005858", "/usr/bin/late")]
    public void A_file_is_known_by_its_first_bytes_or_its_name(string path, string start, string? interpreter) =>
        Assert.Equal(interpreter, s_formats.InterpreterOf(path, Convert.FromHexString(start)));
}
