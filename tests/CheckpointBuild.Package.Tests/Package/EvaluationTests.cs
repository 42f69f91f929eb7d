using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>The props and targets as they lie in the repository, imported into a project that builds nothing with them.</summary>
public sealed class EvaluationTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public EvaluationTests()
    {
        foreach (string name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            _scratch.Write(name, "<Project />");
        }
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_checkpoint_of_one_file_is_no_content_nor_are_the_files_beside_it()
    {
        _scratch.Write("app/models/tiny/model.safetensors", "weights");
        _scratch.Write("app/models/tiny/tokenizer.json", "{}");
        _scratch.Write("app/models/other.json", "{}");
        _scratch.Write("app/appsettings.json", "{}");

        Assert.Equal(["appsettings.json", "models/other.json"], ContentWith("models/tiny/model.safetensors"));
    }

    [Fact]
    public void What_the_project_declares_beside_or_inside_a_checkpoint_stays()
    {
        _scratch.Write("app/models/tiny/config.json", "{}");
        _scratch.Write("app/models/tiny/LICENSE", "text");
        _scratch.Write("app/assets/model.safetensors", "weights");
        _scratch.Write("app/assets/tokenizer.json", "{}");
        _scratch.Write("app/assets/logo.txt", "text");
        _scratch.Write("app/assets/prompts.json", "{}");
        _scratch.Write("app/assets/merges.txt", "text");
        _scratch.Write("assets/README.md", "text");

        string declared = """
            <ItemGroup>
              <ModelCheckpoint Include="assets/model.safetensors;../assets/model.gguf" />
              <None Include="models/tiny/LICENSE;../assets/README.md" Pack="true" />
              <None Update="assets/logo.txt;assets/merges.txt" CopyToOutputDirectory="PreserveNewest" />
            </ItemGroup>
            """;
        Assert.Equal(["../assets/README.md", "assets/logo.txt", "assets/merges.txt", "assets/prompts.json", "models/tiny/LICENSE"], ContentWith("models/tiny", declared).Distinct());
    }

    [Fact]
    public void A_checkpoint_of_one_file_in_the_projects_folder_leaves_the_projects_files_alone()
    {
        _scratch.Write("app/model.json", "weights");
        _scratch.Write("app/appsettings.json", "{}");

        Assert.Equal(["appsettings.json"], ContentWith("model.json"));
    }

    [Fact]
    public void A_checkpoint_folder_is_no_content_and_its_neighbours_are()
    {
        _scratch.Write("app/models/tiny/config.json", "{}");
        _scratch.Write("app/models/other.json", "{}");

        Assert.Equal(["models/other.json"], ContentWith("models/tiny"));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../")]
    public void A_checkpoint_folder_that_holds_the_project_leaves_the_projects_files_alone(string checkpoint)
    {
        _scratch.Write("config.json", "{}");
        _scratch.Write("app/appsettings.json", "{}");

        Assert.Equal(["appsettings.json"], ContentWith(checkpoint));
    }

    // Visual Studio has this target; here the project does.
    [Fact]
    public void What_a_build_writes_into_a_checkpoint_folder_is_no_input_of_an_editor()
    {
        foreach (string file in new[] { "config.json", "original/params.json", "obj/Debug/app.log", "bin/Debug/app.dll" })
        {
            _scratch.Write("app/" + file, "{}");
        }

        Write(".", """<Target Name="CollectUpToDateCheckInputDesignTime" Returns="@(UpToDateCheckInput)" />""");
        CommandResult result = new DotNet().Run(_scratch.Root, "msbuild", "app/app.csproj", "-getTargetResult:CollectUpToDateCheckInputDesignTime").Succeeded();

        Assert.Contains("params.json", result.Output);
        Assert.DoesNotContain("app.log", result.Output);
        Assert.DoesNotContain("app.dll", result.Output);
    }

    [Fact]
    public void Every_link_of_the_packages_readme_works_on_a_feed() =>
        Assert.DoesNotMatch(@"\]\((?!https?://|#)", File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md")));

    [Fact]
    public void Targets_of_the_project_are_not_overridden()
    {
        Write("models/tiny", """<Target Name="AfterBuildModelEngines"><Message Importance="high" Text="the project's own" /></Target>""");

        Assert.Contains("the project's own", new DotNet().Run(_scratch.Root, "msbuild", "app/app.csproj", "-t:AfterBuildModelEngines").Succeeded().Output);
    }

    private string[] ContentWith(string checkpoint, string extra = "")
    {
        Write(checkpoint, extra);
        CommandResult result = new DotNet().Run(_scratch.Root, "msbuild", "app/app.csproj", "-getItem:Content", "-getItem:None").Succeeded();
        JsonElement items = JsonDocument.Parse(result.Output).RootElement.GetProperty("Items");
        return [.. items.EnumerateObject().SelectMany(kind => kind.Value.EnumerateArray())
            .Select(item => item.GetProperty("Identity").GetString()!.Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal)];
    }

    private void Write(string checkpoint, string extra) => _scratch.Write("app/app.csproj", $"""
        <Project>
          <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk.Web" />
          <Import Project="{RepositoryPaths.Root}build/CheckpointBuild.Tasks.props" />
          <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
          <ItemGroup><ModelCheckpoint Include="{checkpoint}" /></ItemGroup>
          {extra}
          <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk.Web" />
          <Import Project="{RepositoryPaths.Root}build/CheckpointBuild.Tasks.targets" />
        </Project>
        """);
}
